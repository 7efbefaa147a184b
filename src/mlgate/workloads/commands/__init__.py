"""What a container runs: its command line with its variables, programs, flags, scripts and files."""
