"""The exposure model: which camera can recognise a walker where, walking which way, and how likely that is.

Data flows down the page: ``parameters`` (every number of the model) and ``lenses`` (tags to optics) say what a camera
is; ``walls`` (buildings) and ``sight`` (sight lines) what it can see; ``samples`` cuts walkable ways into short pieces;
``rates`` adds up, camera by camera, how likely each piece is to give a face away. :mod:`routing.prior`
has the cameras that nobody mapped.
"""
