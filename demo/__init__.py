from .write import create_demo
