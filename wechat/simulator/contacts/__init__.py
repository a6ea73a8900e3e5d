"""The stand-in of 客户联系: customers, their tags, groups and hand-overs (§§2.3–2.5, 4.5)."""
