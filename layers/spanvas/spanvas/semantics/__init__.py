"""What attributes mean, whatever dialect they were written in. Pure.

`reader` reads a span's facts by the dialects' tables in `dialects/`, `content` what people and models wrote in it;
`content_split` says which attributes hold that; `summary` makes its row, `prices` its cost.
"""
