"""What can be asked of kept weights, or of a text: the questions that several experiments share. Each file holds one, and the form of its
answer; what one experiment alone asks stands in its folder, in `question.py`. `core.catalogue` knows them all.

A question names what answers it, in `answered_by`: a string, "module" or "module:function", for the server never imports that module; the
answering worker calls the function, "answer" where none is named, with the snapshot folders by step and the question, and gets one answer
for each of them. A question to a training that stands still (`base.ToTraining`) is answered by one that takes (training, question).
"""
