"""The domain identity at its door: GraphQL text over the sandbox."""
