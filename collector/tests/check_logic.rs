//! What `unspoken check` says of conditions is true: one that is called contradictory holds for no
//! value of its attributes, tried on thousands of random conditions and values; and those that
//! people write by mistake are found.

use unspoken::attribute::Document;
use unspoken::condition::Condition;
use unspoken::id::Rng;
use unspoken::value::Value;
use unspoken_collector::check::logic::{Formula, Kinds};

fn value(text: &str) -> Value {
    Value::parse(text).unwrap()
}

fn is_contradictory(text: &str) -> bool {
    Formula::of(&value(text), true).contradiction(Kinds::default()).is_some()
}

#[test]
fn contradictions_that_people_write_are_found() {
    for text in [
        r#"{"x":{"$gt":5,"$lt":3}}"#,
        r#"{"x":{"$gt":5,"$lte":5}}"#,
        r#"{"$and":[{"plan":"pro"},{"plan":"free"}]}"#,
        r#"{"plan":{"$eq":"pro"},"$and":[{"plan":{"$eq":"free"}}]}"#,
        r#"{"plan":{"$eq":"pro","$ne":"pro"}}"#,
        r#"{"plan":{"$in":[]}}"#,
        r#"{"plan":{"$eq":"pro","$in":["free","team"]}}"#,
        r#"{"plan":{"$in":["pro"],"$nin":["pro","free"]}}"#,
        r#"{"x":{"$exists":false,"$gt":3}}"#,
        r#"{"x":{"$exists":false},"$and":[{"x":"a"}]}"#,
        r#"{"x":5,"$and":[{"x":{"$gt":6}}]}"#,
        r#"{"x":{"$type":"string","$eq":7}}"#,
        r#"{"x":{"$regex":"^a"},"$not":{"x":{"$regex":"^a"}}}"#,
        r#"{"$or":[{"x":{"$gt":5,"$lt":3}},{"$and":[{"y":1},{"y":2}]}]}"#,
        r#"{"$and":[{"$or":[{"x":{"$gt":5}},{"x":{"$lt":1}}]},{"x":{"$gte":2,"$lte":4}}]}"#,
        r#"{"$nor":[{"x":1},{"$not":{"x":1}}]}"#,
        r#"{"x":{"$not":{"$exists":true},"$gt":2}}"#,
        r#"{"$nor":[]}"#,
        r#"{"$history":{"event":"a","count":{"$gt":2,"$lt":3}}}"#,
        r#"{"$history":{"event":"a","count":{"$lt":0}}}"#,
        r#"{"$and":[{"$history":{"event":"a"}},{"$history":{"event":"a","count":0}}]}"#,
    ] {
        assert!(is_contradictory(text), "{text}");
    }
}

#[test]
fn what_may_hold_is_not_called_contradictory() {
    for text in [
        "{}",
        r#"{"$or":[]}"#,
        r#"{"x":{"$gt":3,"$lt":5}}"#,
        // JavaScript takes null for 0, and "8" for 8.
        r#"{"x":{"$exists":false,"$lt":3}}"#,
        r#"{"x":{"$type":"string","$gt":7,"$lt":9}}"#,
        // A list may hold both.
        r#"{"x":{"$in":["a"]},"$and":[{"x":{"$in":["b"]}}]}"#,
        r#"{"x":"a,b","$and":[{"x":{"$in":["b"]}}]}"#,
        r#"{"x":7,"$and":[{"x":"7"}]}"#,
        r#"{"x":"a","$and":[{"y":"b"}]}"#,
        r#"{"x":true,"$and":[{"x":"yes"}]}"#,
        r#"{"$history":{"event":"a","count":{"$gt":2}},"$and":[{"$history":{"event":"a","within":"1d","count":0}}]}"#,
        r#"{"x":{"$gt":"b","$lt":"a"}}"#,
    ] {
        assert!(!is_contradictory(text), "{text}");
    }
}

#[test]
fn what_a_forecast_cannot_be_is_known_where_it_is_asked() {
    let own = Kinds { own: true, heads: &["buy"], journeys: &[("cart", vec!["filled", "bought"])] };
    let is_found = |text: &str| Formula::of(&value(text), true).contradiction(own).is_some();
    for text in [
        r#"{"intent.buy":{"$gt":1}}"#,
        r#"{"intent.top":"bye"}"#,
        r#"{"device.type":"mobile"}"#,
        r#"{"time.weekday":7}"#,
        r#"{"time.weekday":{"$gt":1,"$lt":2}}"#,
        r#"{"journey.cart":"filed"}"#,
        r#"{"page.kind":{"$gt":"b","$lt":"a"}}"#,
        r#"{"session.pages":{"$lt":0}}"#,
    ] {
        assert!(is_found(text), "{text}");
        assert!(!is_contradictory(text), "{text}: a page may set it itself");
    }
    for text in [
        r#"{"intent.buy":{"$gte":1}}"#,
        r#"{"intent.top":"buy"}"#,
        r#"{"device.type":{"$in":["phone","tablet"]}}"#,
        r#"{"page.kind":{"$gt":"a","$lt":"b"}}"#,
        r#"{"journey.cart":{"$ne":"filled"}}"#,
        r#"{"session.pages":{"$gt":2,"$lt":4}}"#,
    ] {
        assert!(!is_found(text), "{text}");
    }
}

/// Random documents, small enough that values meet.
struct Chance(Rng);

impl Chance {
    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[(self.0.draw() % from.len() as u64) as usize]
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0.draw() % most
    }

    fn scalar(&mut self) -> Value {
        value(self.pick(&[
            "0",
            "1",
            "2",
            "3",
            "-1",
            "2.5",
            "1e20",
            r#""""#,
            r#"" ""#,
            r#""a""#,
            r#""b""#,
            r#""2""#,
            r#""2.0""#,
            r#""a,b""#,
            r#""A""#,
            r#""1,2""#,
            r#""null""#,
            r#""true""#,
            "true",
            "false",
            "null",
            r#""[object Object]""#,
        ]))
    }

    fn any(&mut self) -> Value {
        match self.below(6) {
            0 => Value::List((0..self.below(4)).map(|_| self.scalar()).collect()),
            1 if self.below(3) == 0 => Value::List(vec![Value::List(vec![self.scalar()])]),
            1 if self.below(2) == 0 => Value::map().with("k", self.scalar()),
            _ => self.scalar(),
        }
    }

    fn test(&mut self, deep: u64) -> Value {
        let operator = self.pick(&[
            "", "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$ini", "$nini",
            "$exists", "$type", "$not", "$size", "$all",
        ]);
        let operand = match operator {
            "" => return self.any(),
            "$in" | "$nin" | "$ini" | "$nini" | "$all" => {
                Value::List((0..self.below(3)).map(|_| self.scalar()).collect())
            }
            "$exists" => Value::Bool(self.below(2) == 0),
            "$type" => Value::from(self.pick(&["string", "number", "boolean", "array", "null"])),
            "$size" => Value::Number(self.below(3) as f64),
            "$not" if deep > 0 => self.test(deep - 1),
            "$not" => Value::map().with("$exists", true),
            "$gt" | "$gte" | "$lt" | "$lte" => loop {
                let operand = self.scalar();
                if matches!(operand, Value::Number(_) | Value::Text(_)) {
                    break operand;
                }
            },
            _ => self.scalar(),
        };
        let test = Value::map().with(operator, operand);
        if self.below(3) > 0 {
            return test;
        }
        match (test, self.test(0)) {
            (test, Value::Map(more)) if more.iter().all(|(key, _)| key.starts_with('$')) => {
                more.into_iter().fold(test, |test, (key, value)| test.with(&key, value))
            }
            (test, _) => test,
        }
    }

    fn condition(&mut self, deep: u64) -> Value {
        let mut condition = Value::map();
        for _ in 0..1 + self.below(2) {
            let group = self.pick(&["$and", "$or", "$nor", "$not", "", "", ""]);
            match group {
                "" => {
                    let attribute = self.pick(&["x", "x", "y"]);
                    let test = self.test(1);
                    condition.put(attribute, test);
                }
                _ if deep == 0 => {}
                "$not" => condition.put("$not", self.condition(deep - 1)),
                _ => {
                    let parts = (0..self.below(4)).map(|_| self.condition(deep - 1)).collect();
                    condition.put(group, Value::List(parts));
                }
            }
        }
        condition
    }
}

#[test]
fn what_is_called_contradictory_never_holds() {
    let (mut chance, mut found, mut held) = (Chance(Rng::new(4)), 0, 0);
    for _ in 0..10_000 {
        let document = chance.condition(2);
        let Ok(condition) = Condition::compile(&document, "when") else { continue };
        let is_contradictory =
            Formula::of(&document, true).contradiction(Kinds::default()).is_some();
        let always = Formula::of(&document, false).contradiction(Kinds::default()).is_some();
        found += u32::from(is_contradictory);
        assert!(!(is_contradictory && always), "{}", document.to_json());
        for _ in 0..60 {
            let mut attributes = Value::map();
            for name in ["x", "y"] {
                if chance.below(8) > 0 {
                    let value = chance.any();
                    attributes.put(name, value);
                }
            }
            let holds = condition.holds(&Document(&attributes));
            held += u32::from(holds);
            let told = || format!("{} on {}", document.to_json(), attributes.to_json());
            assert!(!(holds && is_contradictory), "called contradictory, and holds: {}", told());
            assert!(holds || !always, "said to hold always, and does not: {}", told());
        }
    }
    assert!(found > 300 && held > 30_000, "{found} contradictions, held {held} times");
}
