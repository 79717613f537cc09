-- Version 3: choices by chance. New kinds of event: z dismissal, l lesson (what became of a bandit's
-- choice: its reward in `value`).
ALTER TABLE events ADD COLUMN chance REAL;   -- x, l: the probability with which this variant was chosen
ALTER TABLE events ADD COLUMN context TEXT;  -- l: what the choice knew, a JSON array of numbers
