"""DynamoDB and S3 straight over HTTP, for functions whose cold start and answer wait for the store.

boto3 costs an executor that does not use it 170 ms of CPU at its start and 2 ms a call; a write of spans needs a
signed POST. Not responsible for anything but Lambda's ordinary case: credentials in the environment or handed out by
Lambda, a public endpoint or a given one, no proxy. `place.place_of` says whether that is so; all else is botocore's.
"""
