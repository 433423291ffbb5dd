"""Training of the small-data GAN: from a folder of pictures to a model, by one command.

``folder`` looks at the pictures before anything is trained and says what to expect of them → ``recipe`` brings the
networks and one step to :mod:`training.loop`; both kinds of picture pass through ``augment`` before they are judged →
``memory`` compares what came out with what was learnt from, picture by picture.
"""
