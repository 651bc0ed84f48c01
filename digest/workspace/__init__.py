"""What a person sets and owns: feeds.yaml, prompt files, and files read and written safely."""
