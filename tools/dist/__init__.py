"""What a release is made of: `make dist`. See docs/how-to/release.md."""
