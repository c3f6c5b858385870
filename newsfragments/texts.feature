Texts were read by native readers of English and of French and mended: buttons are verbs, errors say what to do, French has its spaces and apostrophes.
