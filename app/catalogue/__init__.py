"""What we know: records, the software they describe, and the log of every change."""
