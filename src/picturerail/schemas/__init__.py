"""What bodies and answers are: structs, and the OpenAPI documents and TypeScript types that are made of them."""
