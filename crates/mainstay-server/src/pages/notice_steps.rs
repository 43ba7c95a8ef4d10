//! The steps of a notice, and answers: what is sent from its page.

use mainstay_accounts::Right;
use mainstay_notices::{Notice, NoticesError};

use super::again;
use super::notice::{OfNotice, notice_page};
use super::notice_forms::{Fields, answer_of, version_of};
use crate::asked::Asked;
use crate::form::Form;
use crate::problem::Problem;
use crate::reply::Reply;

/// The notice, for those who may speak for the organisation that tells.
fn own(asked: &Asked, of: &OfNotice) -> Result<Notice, Problem> {
    asked.session()?;
    let notice = asked.notices().notice(&of.notice, &asked.reader()?, asked.now)?;
    if !asked.own()?.contains(&notice.owner) {
        return Err(Problem::absent());
    }
    asked.needs(Right::Speak, &notice.owner)?;
    Ok(notice)
}

/// Does a step, and leads back to the page; or shows it again, with what was wrong.
fn step(
    asked: &Asked,
    notice: &Notice,
    done: impl FnOnce() -> Result<(), Problem>,
) -> Result<Reply, Problem> {
    match done() {
        Ok(()) => Ok(Reply::see(&format!("/notices/{}", notice.id))),
        Err(problem) => {
            // As it is now: somebody may have changed it.
            let fresh = asked.notices().notice(&notice.id, &asked.reader()?, asked.now)?;
            let page = notice_page(asked, &fresh, Some(&problem))?;
            again(Err(problem), |_| page)
        }
    }
}

pub(crate) fn edit(asked: &Asked, of: &OfNotice, form: &Form) -> Result<Reply, Problem> {
    let notice = own(asked, of)?;
    step(asked, &notice, || {
        let content = Fields::sent(form).content()?;
        let place = (notice.id.as_str(), version_of(form)?);
        Ok(asked.notices().edit(place, &content, &asked.actor()?, asked.now)?)
    })
}

/// Only a person reviews: a form of a session, never a token.
pub(crate) fn review(asked: &Asked, of: &OfNotice, form: &Form) -> Result<Reply, Problem> {
    let notice = own(asked, of)?;
    step(asked, &notice, || {
        let place = (notice.id.as_str(), version_of(form)?);
        Ok(asked.notices().review(place, &asked.actor()?, asked.now)?)
    })
}

pub(crate) fn release(asked: &Asked, of: &OfNotice, form: &Form) -> Result<Reply, Problem> {
    let notice = own(asked, of)?;
    asked.fresh()?;
    step(asked, &notice, || {
        let place = (notice.id.as_str(), version_of(form)?);
        Ok(asked.notices().release(place, &asked.actor()?, asked.now)?)
    })
}

pub(crate) fn tell_more(asked: &Asked, of: &OfNotice, _: &Form) -> Result<Reply, Problem> {
    let notice = own(asked, of)?;
    asked.fresh()?;
    step(asked, &notice, || {
        asked.notices().tell_more(&notice.id, &asked.actor()?, asked.now)?;
        Ok(())
    })
}

pub(crate) fn remind(asked: &Asked, of: &OfNotice, _: &Form) -> Result<Reply, Problem> {
    let notice = own(asked, of)?;
    step(asked, &notice, || {
        asked.notices().remind(&notice.id, &asked.actor()?, asked.now)?;
        Ok(())
    })
}

pub(crate) fn close(asked: &Asked, of: &OfNotice, form: &Form) -> Result<Reply, Problem> {
    let notice = own(asked, of)?;
    step(asked, &notice, || {
        let place = (notice.id.as_str(), version_of(form)?);
        Ok(asked.notices().close(place, &asked.actor()?, asked.now)?)
    })
}

pub(crate) fn answer(asked: &Asked, of: &OfNotice, form: &Form) -> Result<Reply, Problem> {
    asked.session()?;
    let notice = asked.notices().notice(&of.notice, &asked.reader()?, asked.now)?;
    let party = form.text("organisation");
    if !asked.own()?.contains(party) {
        return Err(NoticesError::Absent("notice").into());
    }
    asked.needs(Right::Speak, party)?;
    step(asked, &notice, || {
        let (claim, words) = answer_of(form)?;
        let place = (notice.id.as_str(), party);
        Ok(asked.notices().answer(place, (&claim, &words), &asked.actor()?, asked.now)?)
    })
}
