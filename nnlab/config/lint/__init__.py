"""Warnings about valid configs that are likely mistakes."""
