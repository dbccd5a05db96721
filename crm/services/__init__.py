"""One function is one business write."""
