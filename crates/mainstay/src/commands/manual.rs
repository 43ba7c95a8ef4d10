//! `mainstay completions` and `mainstay man`: both are made from the command line itself, so they
//! cannot drift from it.

use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_complete::Shell;
use mainstay_console::ExitCode;

use crate::Context;
use crate::args::Args;

pub(crate) fn completions(context: &Context, shell: Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "mainstay", &mut script);
    context.output.result(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::Done)
}

pub(crate) fn man(context: &Context, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    if let Some(folder) = folder {
        std::fs::create_dir_all(folder)
            .and_then(|()| clap_mangen::generate_to(Args::command(), folder))
            .with_context(|| format!("cannot write the manual into {}", folder.display()))?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Args::command()).render(&mut page)?;
        context.output.result(&String::from_utf8_lossy(&page))?;
    }
    Ok(ExitCode::Done)
}
