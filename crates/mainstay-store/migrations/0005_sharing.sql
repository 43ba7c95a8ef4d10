-- mainstay-inventory: every organisation's inventory is an object with a marking, so that one
-- definition says who sees it. Those that were there are seen by their own people (2 is AMBER).
INSERT INTO marking (object, owner, tlp)
    SELECT 'inventory/' || id, id, 2 FROM party WHERE kind = 'organisation'
    ON CONFLICT (object) DO NOTHING;
