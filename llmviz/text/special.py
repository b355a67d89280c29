"""The five special tokens every tokenizer here begins with, in BERT's order and under the same ids everywhere."""

PAD, UNK, CLS, SEP, MASK = range(5)
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
FIRST = len(SPECIAL)  # the id of the first ordinary token
