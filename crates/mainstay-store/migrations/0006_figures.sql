-- mainstay-inventory: figures for those who see no inventory. What was published of a question
-- last, and the facts behind it: as secret as the inventories.
CREATE TABLE figure_snapshot (
    question {text} NOT NULL PRIMARY KEY,
    day {text} NOT NULL,
    content {text} NOT NULL
);
