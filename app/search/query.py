"""The whole search interface as one model."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app import words

LONGEST_QUERY = 1000
MOST_WORDS = 32
"""Words of a query that are looked for; the rest cannot make the answer better."""

Values = Annotated[list[str], Field(default_factory=list, max_length=50)]


class SearchQuery(BaseModel):
    """Words that must all occur, and filters that must all hold."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[
        str,
        Field(
            max_length=LONGEST_QUERY,
            description="Words to look for, in any language; case and accents do not matter.",
            examples=["felanmälan", "case management"],
        ),
    ] = ""
    category: Annotated[Values, Field(description="One of these categories.")]
    development_status: Annotated[
        Values, Field(alias="developmentStatus", description="One of these statuses.")
    ]
    software_type: Annotated[Values, Field(alias="softwareType", description="One of these types.")]
    license: Annotated[Values, Field(description="Names one of these SPDX licences.")]
    page_size: Annotated[
        int, Field(alias="page[size]", ge=1, description="Results per page; over 100 is 100.")
    ] = 25
    page_after: Annotated[
        str | None,
        Field(alias="page[after]", max_length=300, description="From `links.next`."),
    ] = None

    def terms(self) -> list[tuple[str, ...]]:
        """For each word of the query, the forms of which one must occur."""
        distinct = dict.fromkeys(words.split(self.q))
        return [words.alternatives(word) for word in list(distinct)[:MOST_WORDS]]
