"""How conditions of the Rego library are changed, and how it is seen whether a test notices."""
