"""How near two articles are: one measure for closest, stories and novelty. Knows neither store nor clock.

`terms` turns a text into counted words and names; `measure` compares articles by their vectors and terms.
"""
