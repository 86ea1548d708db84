"""A Samkod whose pauses are so short that a test need not wait for them; all else is as it is."""

from datetime import timedelta

from app.cli import main
from app.federation import harvest, progress, scheduler
from app.remote import hosts

progress.LEASE = timedelta(seconds=3)
harvest.FIRST_PAUSE = timedelta(milliseconds=200)
harvest.LONGEST_PAUSE = timedelta(seconds=1)
scheduler.LOOK_SECONDS = 0.1
scheduler.SECONDS_AFTER_A_FAULT = 0.2
hosts.FIRST_PAUSE = timedelta(milliseconds=50)
hosts.LONGEST_PAUSE = timedelta(milliseconds=200)
hosts.REST = timedelta(seconds=1)

if __name__ == "__main__":
    main()
