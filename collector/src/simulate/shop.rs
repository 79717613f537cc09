//! A synthetic shop whose visitors' tastes depend on the context and drift: which way of choosing a
//! variant loses least.
//!
//! Nothing here is measured on people. The shop has four variants, and a visitor's chance to reach
//! the goal after seeing one depends on the device, on the intent to buy, and on an interest. Over
//! the weeks the weights of that dependence turn from one set of tastes to another. A visitor comes
//! for some sessions, days apart, each with one decision. Regret is the best variant's chance less
//! that of the one shown, summed over all decisions: what a policy that knew everything would have
//! earned more.
//!
//! The same visitors meet an even draw; an A/B test whose winner is kept; Thompson sampling without
//! context, over all visitors, that never forgets; the same with the pool's forgetting, which tells
//! apart what forgetting brings and what the context does; ours on each device alone; ours with a
//! pool, as the product has it; and ours with every lesson at hand at once.

use serde::Serialize;
use unspoken::bandit::{Context, Learn, MEMORY, Method, Posterior};
use unspoken::id::Rng;
use unspoken::value::Value;

use crate::pool::{HALF_LIFE_MS, MOST_LESSONS};

/// The shop's weeks.
pub const WEEKS: usize = 26;
const DAYS: usize = WEEKS * 7;
const DAY_MS: f64 = 86_400_000.0;
/// Tastes turn from one set to the other and back in so many weeks.
const TURN_WEEKS: f64 = 26.0;
/// The share of all decisions after which the A/B test names its winner.
pub const TEST_SHARE: f64 = 0.1;
/// Sessions a visitor comes for.
const SESSIONS: usize = 4;
/// Points of a curve.
pub const POINTS: usize = 53;
const ARMS: usize = 4;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Draws everything.
    pub seed: u64,
    /// Visitors over all weeks.
    pub visitors: usize,
    /// Lessons after which a device has forgotten; [`MEMORY`] ships.
    pub memory: f64,
    /// In days, what halves a pooled lesson; [`HALF_LIFE_MS`] ships.
    pub half_life: f64,
    /// The most lessons that an arm's prior stands on; [`MOST_LESSONS`] ships.
    pub cap: f64,
}

impl Ask {
    /// With what ships.
    pub fn new(seed: u64, visitors: usize) -> Ask {
        let half_life = HALF_LIFE_MS / DAY_MS;
        Ask { seed, visitors, memory: MEMORY, half_life, cap: MOST_LESSONS }
    }
}

/// How a policy did.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Curve {
    /// Its name.
    pub policy: &'static str,
    /// Goals a decision, as drawn.
    pub reward: f64,
    /// Summed over all decisions, in goals.
    pub regret: f64,
    /// The sum at evenly spaced decisions, the first 0.
    pub curve: Vec<f64>,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shop {
    /// Always true: nothing here is measured on people.
    pub synthetic: bool,
    /// Visitors over all weeks.
    pub visitors: usize,
    /// Decisions, each in a session of its own.
    pub decisions: usize,
    /// Goals a decision of who knows everything.
    pub best: f64,
    /// In the order of the plot's legend.
    pub policies: Vec<Curve>,
}

/// One session.
struct Session {
    visitor: usize,
    day: usize,
    context: Context,
    chances: [f64; ARMS],
    /// Under an arm's chance the goal is reached: every policy meets the same luck.
    luck: f64,
}

fn chance(rng: &mut Rng) -> f64 {
    (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
}

/// Log-odds of the goal for each variant: a constant, phone, tablet, intent to buy, interest. First
/// the tastes of the beginning, then those of half a turn later.
const TASTES: [[[f64; 5]; ARMS]; 2] = [
    [
        [-2.4, 0.0, 0.0, 0.6, 0.0],
        [-2.7, 1.2, 0.6, -0.6, 0.2],
        [-2.9, -0.8, 0.0, 1.9, 0.0],
        [-2.8, 0.0, 0.4, -0.4, 1.5],
    ],
    [
        [-2.5, 0.0, 0.0, 0.6, 0.0],
        [-2.9, -0.8, 0.0, 1.5, 0.2],
        [-2.7, 1.1, 0.4, -0.4, 0.0],
        [-2.5, 0.2, 0.0, 0.8, 0.4],
    ],
];

fn chances(context: &Context, day: usize) -> [f64; ARMS] {
    let turned = 0.5 - 0.5 * (core::f64::consts::TAU * day as f64 / (7.0 * TURN_WEEKS)).cos();
    std::array::from_fn(|arm| {
        let mut logit = 0.0;
        for (at, number) in context.numbers().iter().enumerate() {
            let [early, late] = [TASTES[0][arm][at], TASTES[1][arm][at]];
            logit += number * (early + turned * (late - early));
        }
        1.0 / (1.0 + (-logit).exp())
    })
}

/// All sessions in the order of their days.
fn sessions(ask: &Ask) -> Vec<Session> {
    let mut rng = Rng::new(ask.seed);
    let mut all = Vec::with_capacity(ask.visitors * SESSIONS);
    for visitor in 0..ask.visitors {
        let mut day = (chance(&mut rng) * DAYS as f64) as usize;
        let device = chance(&mut rng);
        let [phone, tablet] = [device < 0.6, (0.6..0.7).contains(&device)];
        let interest = chance(&mut rng);
        for _ in 0..SESSIONS {
            let buy = chance(&mut rng) * chance(&mut rng);
            let flag = |is| f64::from(u8::from(is));
            let context = Context::of(&[1.0, flag(phone), flag(tablet), buy, interest]);
            let chances = chances(&context, day);
            all.push(Session { visitor, day, context, chances, luck: chance(&mut rng) });
            day += 1 + (chance(&mut rng) * 20.0) as usize;
            if day >= DAYS {
                break;
            }
        }
    }
    all.sort_by_key(|session| session.day);
    all
}

/// The rule that all of ours have.
fn rule() -> Learn {
    let config = r#"{ "variants": ["default", "guide", "offer", "advice"], "goal": "order",
        "context": ["device.type", "intent.buy", "profile.interest.sale"] }"#;
    let mut reading = unspoken::reading::Reading::new("learn");
    Learn::read(&Value::parse(config).unwrap_or_default(), &mut reading)
}

/// A way of choosing: told a session and its number, it says an arm; told the reward, it learns.
trait Policy {
    fn choose(&mut self, at: usize, session: &Session, rng: &mut Rng) -> usize;
    fn learn(&mut self, session: &Session, arm: usize, reward: f64);
}

struct Even;

impl Policy for Even {
    fn choose(&mut self, _: usize, _: &Session, rng: &mut Rng) -> usize {
        (rng.draw() % ARMS as u64) as usize
    }
    fn learn(&mut self, _: &Session, _: usize, _: f64) {}
}

/// An even draw at first, then the arm with the highest mean.
struct Winner {
    until: usize,
    sums: [(f64, f64); ARMS],
}

impl Policy for Winner {
    fn choose(&mut self, at: usize, session: &Session, rng: &mut Rng) -> usize {
        if at < self.until {
            return Even.choose(at, session, rng);
        }
        let mean = |arm: &usize| self.sums[*arm].0 / self.sums[*arm].1.max(1.0);
        (0..ARMS).max_by(|a, b| mean(a).total_cmp(&mean(b))).unwrap_or(0)
    }
    fn learn(&mut self, session: &Session, arm: usize, reward: f64) {
        // What came after the test is not looked at any more.
        let _ = session;
        if self.sums.iter().map(|(_, shown)| shown).sum::<f64>() < self.until as f64 {
            self.sums[arm] = (self.sums[arm].0 + reward, self.sums[arm].1 + 1.0);
        }
    }
}

/// One posterior for all visitors, at once: with the context and forgetting, or without either.
struct Central {
    rule: Learn,
    known: Posterior,
    memory: f64,
}

impl Central {
    fn new(rule: Learn, memory: f64) -> Central {
        Central { known: Posterior::new(&rule), rule, memory }
    }
    fn context(&self, session: &Session) -> Context {
        Context::of(&session.context.numbers()[..self.rule.size()])
    }
}

impl Policy for Central {
    fn choose(&mut self, _: usize, session: &Session, rng: &mut Rng) -> usize {
        self.rule.choose(&self.known, &self.context(session), rng).arm
    }
    fn learn(&mut self, session: &Session, arm: usize, reward: f64) {
        let context = self.context(session);
        self.known.learn(arm, context.numbers(), reward, self.memory);
    }
}

/// A posterior on each device, and at will the pool's prior under it, anew each night.
struct Devices {
    rule: Learn,
    known: Vec<Posterior>,
    memory: f64,
    pool: Option<Pool>,
}

/// What the collector sums up.
struct Pool {
    sums: Posterior,
    day: usize,
    half_life: f64,
    cap: f64,
}

impl Devices {
    fn new(ask: &Ask, is_pooled: bool) -> Devices {
        let rule = rule();
        let none = Posterior::new(&rule);
        let known = vec![none.clone(); ask.visitors];
        let (half_life, cap) = (ask.half_life, ask.cap);
        let pool = is_pooled.then_some(Pool { sums: none, day: 0, half_life, cap });
        Devices { rule, known, memory: ask.memory, pool }
    }
}

impl Policy for Devices {
    fn choose(&mut self, _: usize, session: &Session, rng: &mut Rng) -> usize {
        if let Some(pool) = self.pool.as_mut().filter(|pool| pool.day < session.day) {
            let days = (session.day - pool.day) as f64;
            self.rule.prior = pool.sums.clone();
            self.rule.prior.cap(pool.cap);
            pool.sums.fade((-core::f64::consts::LN_2 * days / pool.half_life).exp());
            pool.day = session.day;
        }
        self.rule.choose(&self.known[session.visitor], &session.context, rng).arm
    }
    fn learn(&mut self, session: &Session, arm: usize, reward: f64) {
        let context = session.context.numbers();
        self.known[session.visitor].learn(arm, context, reward, self.memory);
        if let Some(pool) = &mut self.pool {
            pool.sums.add(arm, context, 1.0, reward);
        }
    }
}

/// Plays the shop to each policy.
pub fn shop(ask: &Ask) -> Shop {
    let sessions = sessions(ask);
    let count = sessions.len();
    let plain = Learn::new(rule().variants, "order");
    let until = (count as f64 * TEST_SHARE) as usize;
    let linucb = {
        let mut devices = Devices::new(ask, true);
        devices.rule.method = Method::LinUcb;
        devices
    };
    // As many lessons as the pool's half-life leaves, at this many decisions a day.
    let recent = count as f64 / DAYS as f64 * ask.half_life / core::f64::consts::LN_2;
    let policies: [(&'static str, Box<dyn Policy>); 8] = [
        ("uniform", Box::new(Even)),
        ("A/B winner", Box::new(Winner { until, sums: [(0.0, 0.0); ARMS] })),
        ("Thompson, no context", Box::new(Central::new(plain.clone(), f64::INFINITY))),
        ("the same, forgetting", Box::new(Central::new(plain, recent))),
        ("ours, device alone", Box::new(Devices::new(ask, false))),
        ("ours, pooled", Box::new(Devices::new(ask, true))),
        ("ours, pooled, LinUCB", Box::new(linucb)),
        ("ours, no delay", Box::new(Central::new(rule(), recent))),
    ];
    let most = |session: &Session| session.chances.iter().copied().fold(0.0, f64::max);
    Shop {
        synthetic: true,
        visitors: ask.visitors,
        decisions: count,
        best: sessions.iter().map(most).sum::<f64>() / count.max(1) as f64,
        policies: policies
            .into_iter()
            .map(|(name, mut policy)| play(name, policy.as_mut(), &sessions, ask.seed))
            .collect(),
    }
}

fn play(name: &'static str, policy: &mut dyn Policy, sessions: &[Session], seed: u64) -> Curve {
    let mut rng = Rng::new(seed ^ 0x5eed);
    let (mut regret, mut rewards, mut curve) = (0.0, 0.0, vec![0.0]);
    for (at, session) in sessions.iter().enumerate() {
        let arm = policy.choose(at, session, &mut rng);
        let best = session.chances.iter().copied().fold(0.0, f64::max);
        regret += best - session.chances[arm];
        let reward = f64::from(u8::from(session.luck < session.chances[arm]));
        rewards += reward;
        policy.learn(session, arm, reward);
        if (at + 1) * (POINTS - 1) / sessions.len() >= curve.len() {
            curve.push(regret);
        }
    }
    Curve { policy: name, reward: rewards / sessions.len().max(1) as f64, regret, curve }
}
