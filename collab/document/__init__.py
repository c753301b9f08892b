"""The shared document of a draft, to and from content. The only package that touches pycrdt (yrs)."""
