from .write import create_demo, stop_enrichment
