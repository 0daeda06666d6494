"""What answers for AWS on this machine: programs of others, each in a process of its own."""
