*Erase This Person* on a prospect erases somebody wherever they are kept, imported files and snapshots of merges included, and every channel refuses
them from then on, until a sales administrator lifts it. Files of imports are deleted 30 days after their last undo is possible (a setting).
