//! Letters and calls leave here, one job after the other. What does not leave waits, and is tried
//! again later.

use std::sync::Arc;
use std::time::Duration;

use mainstay_accounts::Letter;
use mainstay_notices::{Channel, MAIL_JOB, OPENING_JOB, Outcome, SignedCall, WEBHOOK_JOB};
use mainstay_store::{StoreError, jobs};
use tokio::sync::watch;

use crate::serving::Serving;

/// How often is looked whether something waits.
const LOOK: Duration = Duration::from_secs(2);
/// How long one process may work at one job before another takes it: longer than a mail server
/// and a program may be silent.
const LEASE: Duration = Duration::from_mins(5);
/// Jobs that are done at one look.
const AT_ONCE: usize = 50;
/// Calls that are made at the same time: a program may be slow, and others wait for none of it.
const CALLERS: usize = 4;

/// What somebody carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Errand {
    Letters,
    Calls,
}

/// Sends until the server stops.
pub(crate) async fn run(serving: Arc<Serving>, stop: watch::Receiver<bool>) {
    let mut all = vec![tokio::spawn(carry(Arc::clone(&serving), Errand::Letters, stop.clone()))];
    for _ in 0..CALLERS {
        all.push(tokio::spawn(carry(Arc::clone(&serving), Errand::Calls, stop.clone())));
    }
    for one in all {
        let _ = one.await;
    }
}

async fn carry(serving: Arc<Serving>, errand: Errand, mut stop: watch::Receiver<bool>) {
    loop {
        let serving = Arc::clone(&serving);
        let (till, halt) = (stop.clone(), errand);
        let done = tokio::task::spawn_blocking(move || send_some(&serving, halt, &till)).await;
        match done {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "what waits to be sent was not looked at"),
            Err(error) => tracing::error!(%error, "sending failed"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

fn send_some(
    serving: &Serving,
    errand: Errand,
    stop: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let kinds: &[&str] = match errand {
        // Without a way for letters they wait.
        Errand::Letters if serving.manner.office.is_none() => return Ok(()),
        Errand::Letters => &[Letter::JOB, MAIL_JOB],
        Errand::Calls => &[WEBHOOK_JOB, OPENING_JOB],
    };
    let instance = &serving.instance;
    for _ in 0..AT_ONCE {
        if *stop.borrow() {
            break;
        }
        let now = instance.clock.now();
        let worker = (serving.run(), LEASE);
        let Some(job) = jobs::take(&instance.database, kinds, worker, now)? else { break };
        if let Err(why) = send_one(serving, &job) {
            tracing::warn!(%why, job = job.id, kind = job.kind, "something was not sent");
            jobs::failed(&instance.database, &job, &why, instance.clock.now())?;
        }
    }
    Ok(())
}

/// Does one job. An error puts it back.
fn send_one(serving: &Serving, job: &jobs::Taken) -> Result<(), String> {
    let instance = &serving.instance;
    let (origin, now) = (&serving.manner.origin, instance.clock.now());
    if job.kind == Letter::JOB {
        let office = serving.manner.office.as_ref().ok_or("there is no way for letters")?;
        office.send_account(job, origin, now)?;
        let done = instance.database.write(|transaction| jobs::done(transaction, job));
        return done.map(|_| ()).map_err(|error| error.to_string());
    }
    let notices = &serving.notices;
    let prepared = notices.prepare(job, now).map_err(|error| error.to_string())?;
    let Some(parcel) = prepared else { return Ok(()) };
    let outcome = match &parcel.channel {
        Channel::Mail(_) => match &serving.manner.office {
            Some(office) => office.send_notice(&parcel, origin, now),
            None => Outcome::Later("there is no way for letters".to_owned()),
        },
        Channel::Webhook(_) => {
            let key = &instance.webhook_key;
            match SignedCall::of(&parcel, key, origin.as_str(), now) {
                Some(call) => serving.caller.call(&call),
                None => Outcome::Never("it cannot be called".to_owned()),
            }
        }
    };
    if let Outcome::Later(why) | Outcome::Never(why) = &outcome {
        tracing::warn!(%why, delivery = parcel.delivery, "a notice was not taken");
    }
    notices.settle(&parcel, &outcome, instance.clock.now()).map_err(|error| error.to_string())
}
