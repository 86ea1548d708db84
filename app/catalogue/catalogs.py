"""Catalogues, and the implicit root that holds whatever belongs to none."""

ROOT_ID = "00000000-0000-0000-0000-000000000000"
"""The root's row, made by the first migration; `catalogId` is left out for what it holds."""
