//! Samples with their folds and our forecasts as CSV, so that other people's models can be held
//! against ours on the same folds (`benches/baselines.py`).

use unspoken::feature::TABLE;

use super::assess::LeftOut;
use super::sample::Samples;

/// A line for each sample of train and val: person, group, split, fold, label, the forecast of a
/// model fitted without the fold, and the features.
pub fn csv(samples: &Samples, left_out: &[LeftOut]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = samples.inputs.iter().map(|at| TABLE[usize::from(*at)].name);
    let heading = ["person", "group", "split", "fold", "happened", "forecast"];
    writer.write_record(heading.into_iter().chain(names))?;
    for LeftOut { at, fold, forecast } in left_out {
        let sample = &samples.all[*at];
        let happened = u8::from(sample.happened);
        let first = [
            sample.person.clone(),
            sample.group.clone(),
            sample.split.clone(),
            fold.to_string(),
            happened.to_string(),
            forecast.to_string(),
        ];
        let values = samples.inputs.iter().map(|at| sample.features[usize::from(*at)].to_string());
        writer.write_record(first.into_iter().chain(values))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
