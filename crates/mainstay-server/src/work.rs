//! What the server does without being asked: matching when the advisory data change, turning
//! inventories around, counting what members use, forgetting what has ended, drafting and
//! reminding.

use std::sync::Arc;
use std::time::Duration;

use mainstay_store::Actor;
use tokio::sync::watch;

use crate::serving::Serving;

/// How often the server looks whether there is something to do.
const LOOK: Duration = Duration::from_secs(2);
/// How often what has ended is forgotten, in looks.
const FORGET_EVERY: u32 = 300;

/// Works until the server stops.
pub(crate) async fn run(serving: Arc<Serving>, mut stop: watch::Receiver<bool>) {
    let mut looks = 0_u32;
    loop {
        let serving = Arc::clone(&serving);
        let forget = looks.is_multiple_of(FORGET_EVERY);
        let done = tokio::task::spawn_blocking(move || look(&serving, forget)).await;
        if let Err(error) = done {
            tracing::error!(%error, "background work failed");
        }
        looks = looks.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

fn look(serving: &Serving, forget: bool) {
    let instance = &serving.instance;
    let actor = Actor { id: "mainstay".to_owned(), origin: "matching".to_owned() };
    match instance.inventory.match_if_newer(&actor, instance.clock.now()) {
        Ok(Some(told)) => tracing::info!(
            components = told.components,
            changed = told.changed,
            opened = told.opened,
            closed = told.closed,
            "matched with newer advisory data"
        ),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "matching did not end; it is tried again"),
    }
    match instance.inventory.speak(instance.clock.now()) {
        Ok(told) if told.releases > 0 => tracing::info!(
            releases = told.releases,
            opened = told.opened,
            silenced = told.silenced,
            closed = told.closed,
            "heard statements that began or ran out"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "statements were not heard; it is tried again"),
    }
    if let Err(error) = instance.inventory.fold(false) {
        tracing::warn!(%error, "inventories were not turned around; it is tried again");
    }
    if let Err(error) = instance.inventory.refresh_prevalence(instance.clock.now()) {
        tracing::warn!(%error, "what members use was not counted anew; it is tried again");
    }
    notices(serving);
    if forget && let Err(error) = instance.accounts.forget_ended(instance.clock.now()) {
        tracing::warn!(%error, "what has ended was not forgotten; it is tried again");
    }
    if forget && let Err(error) = serving.notices.forget_ended(instance.clock.now()) {
        tracing::warn!(%error, "links that have ended were not forgotten; it is tried again");
    }
}

/// Drafts for what became known, and reminders for who is silent.
fn notices(serving: &Serving) {
    let now = serving.instance.clock.now();
    match serving.notices.draft_new(now) {
        Ok(0) => {}
        Ok(drafts) => tracing::info!(drafts, "notices were drafted"),
        Err(error) => tracing::warn!(%error, "notices were not drafted; it is tried again"),
    }
    match serving.notices.remind_due(now) {
        Ok(0) => {}
        Ok(organisations) => tracing::info!(organisations, "who is silent was reminded"),
        Err(error) => {
            tracing::warn!(%error, "not everybody who is silent was reminded; it is tried again");
        }
    }
}
