# METADATA
# scope: subpackages
# title: mlgate
# description: |
#   The policy of the gate. Every package below reads the document that this schema describes, so
#   `opa check --schema` refuses a path that the document does not have.
# schemas:
# - input: schema.input
package mlgate
