The board shows who arrived last first, marks whom nobody has opened and who waits too long, and has *Take it* and a pop-up for
prospects that nobody has. Columns are sorted as each person likes. After a drag, a bulk change and a merge a toast offers *Undo*.
