//! The operators, as a table: what each is called, how it tests, and what it asks in words.

/// How a test goes about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// A bare value: equal after the conversions of GrowthBook's specification.
    Is,
    /// The same value of the same type.
    Same,
    /// Numbers by size, texts by letter.
    Order,
    /// Versions.
    Version,
    /// Among the elements of a list.
    In,
    /// Among those of a saved group.
    Group,
    /// A regular expression.
    Pattern,
    /// Known or not.
    Exists,
    /// The type's name.
    Type,
    /// Tests of the same attribute that must not all hold.
    Not,
    /// Tests of a list's length.
    Size,
    /// Tests of a list's elements, one of which has to pass them all.
    Element,
    /// Values that each have to be among a list's elements.
    Every,
}

/// `mask` of an order: less.
pub const LESS: u8 = 1;
/// `mask` of an order: equal.
pub const EQUAL: u8 = 2;
/// `mask` of an order: greater.
pub const GREATER: u8 = 4;
/// `mask` of any other family: the outcome is turned round.
pub const NOT: u8 = 1;
/// `mask` of any other family: case does not matter.
pub const FOLD: u8 = 2;

/// One operator.
#[derive(PartialEq, Debug)]
pub struct Operator {
    /// As conditions write it.
    pub name: &'static str,
    /// How it tests.
    pub family: Family,
    /// Of an order which outcomes hold, else [`NOT`] and [`FOLD`].
    pub mask: u8,
    /// What it asks, before its operand.
    pub words: &'static str,
}

const fn row(name: &'static str, family: Family, mask: u8, words: &'static str) -> Operator {
    Operator { name, family, mask, words }
}

/// A bare value.
pub static IS: Operator = row("$eq", Family::Is, 0, "");
/// A bare value, where case does not matter.
pub static IS_FOLDED: Operator = row("$eq", Family::Is, FOLD, "");

/// Where `$inGroup` stands in [`OPERATORS`].
pub const IN_GROUP: usize = 10;

/// Every operator that follows an attribute.
pub static OPERATORS: [Operator; 29] = [
    row("$eq", Family::Same, 0, ""),
    row("$ne", Family::Same, NOT, "not "),
    row("$gt", Family::Order, GREATER, "more than "),
    row("$gte", Family::Order, GREATER | EQUAL, "at least "),
    row("$lt", Family::Order, LESS, "less than "),
    row("$lte", Family::Order, LESS | EQUAL, "at most "),
    row("$in", Family::In, 0, "one of "),
    row("$nin", Family::In, NOT, "none of "),
    row("$ini", Family::In, FOLD, "one of "),
    row("$nini", Family::In, NOT | FOLD, "none of "),
    row("$inGroup", Family::Group, 0, "one of the group "),
    row("$notInGroup", Family::Group, NOT, "none of the group "),
    row("$exists", Family::Exists, 0, ""),
    row("$type", Family::Type, 0, "of type "),
    row("$regex", Family::Pattern, 0, "like "),
    row("$regexi", Family::Pattern, FOLD, "like "),
    row("$notRegex", Family::Pattern, NOT, "not like "),
    row("$notRegexi", Family::Pattern, NOT | FOLD, "not like "),
    row("$veq", Family::Version, EQUAL, "version "),
    row("$vne", Family::Version, LESS | GREATER, "not version "),
    row("$vgt", Family::Version, GREATER, "after version "),
    row("$vgte", Family::Version, GREATER | EQUAL, "version or later "),
    row("$vlt", Family::Version, LESS, "before version "),
    row("$vlte", Family::Version, LESS | EQUAL, "version or earlier "),
    row("$not", Family::Not, NOT, "not "),
    row("$size", Family::Size, 0, "a length of "),
    row("$elemMatch", Family::Element, 0, "an element "),
    row("$all", Family::Every, 0, "all of "),
    row("$alli", Family::Every, FOLD, "all of "),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_stands_once() {
        for (at, operator) in OPERATORS.iter().enumerate() {
            assert!(operator.name.starts_with('$'));
            assert_eq!(at == IN_GROUP, operator.name == "$inGroup");
            assert!(OPERATORS[..at].iter().all(|other| other.name != operator.name));
        }
    }
}
