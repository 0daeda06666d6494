"""DynamoDB and S3 straight over HTTP, for functions whose cold start and answer wait for the store.

boto3 costs an executor that does not use it 170 ms of CPU at its start and 2 ms a call; a write of spans needs a
signed POST. Used in Lambda's ordinary case alone: credentials in the environment or fetched from Lambda, a public
endpoint or a given one, no proxy. `http.credentials.aws_endpoint_of` decides that; botocore does everything else.
"""
