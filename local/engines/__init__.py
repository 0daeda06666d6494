"""DynamoDB and S3 on loopback: moto, each in a process of its own; S3 behind a guard that checks what moto does not."""
