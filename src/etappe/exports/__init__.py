"""Everything in one archive, and back: what leaves Etappe, and how it comes into an empty workspace again."""
