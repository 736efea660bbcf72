"""Warnings about valid configs that are likely a mistake."""
