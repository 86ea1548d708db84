"""What others read: one module for each outgoing format."""
