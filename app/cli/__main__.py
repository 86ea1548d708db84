"""`python -m app.cli`, for where the `samkod` command is not on the path."""

from app.cli import main

main()
