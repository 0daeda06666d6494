"""A real OIDC issuer on loopback: authorization code with PKCE, client credentials, RS256 tokens. No bypass."""
