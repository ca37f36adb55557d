"""Travel times along the roads of a local OpenStreetMap extract: built once, memory-mapped, searched in process."""
