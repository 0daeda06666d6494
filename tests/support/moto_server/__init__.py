"""moto's DynamoDB as a server, atomic and quick: the tests of stores run on it, too."""
