"""What another Samkod says: its snapshot, its change log, and the records that are told of in both."""
