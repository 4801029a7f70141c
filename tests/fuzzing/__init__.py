"""Damaged bank files: no reader may break, hang, or accept a wrong sum in silence, whatever was done to them."""
