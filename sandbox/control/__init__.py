"""The control interface: changes the world as the web application of the real service would, and switches faults on."""

from sandbox.control.interface import control

__all__ = ["control"]
