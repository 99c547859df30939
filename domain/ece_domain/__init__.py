"""Facts and rules of Elastic Cloud Enterprise, free of input and output."""
