"""`make bench`: API calls, time and memory, beside a bare provider and a bare cdktf app."""
