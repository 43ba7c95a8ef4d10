//! Colour: what a piece of text means, and whether the reader's terminal shows it.

use anstyle::{AnsiColor, Style};
use mainstay_types::Severity;

/// What a piece of text means. Never the only sign of it: the words say it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Ordinary text.
    Plain,
    /// A name or a heading.
    Strong,
    /// Beside the point: places, hints.
    Dim,
    /// How bad something is.
    Severity(Severity),
    /// All is well.
    Good,
    /// Not known, or worth a second look.
    Warning,
    /// Something is wrong.
    Bad,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Severity(Severity::Critical) => colour(AnsiColor::Red).bold(),
            Self::Severity(Severity::High) | Self::Bad => colour(AnsiColor::Red),
            Self::Severity(Severity::Medium) => colour(AnsiColor::Yellow),
            Self::Severity(Severity::Low | Severity::None) => colour(AnsiColor::Cyan),
            Self::Severity(Severity::Unknown) | Self::Warning => colour(AnsiColor::Magenta),
            Self::Good => colour(AnsiColor::Green),
        }
    }
}

/// What the user asked for with `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// Colour on a terminal, unless `NO_COLOR` says otherwise.
    #[default]
    Auto,
    /// Colour everywhere.
    Always,
    /// No colour.
    Never,
}

/// Whether tones become colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Styling {
    /// Text with ANSI colour.
    Colour,
    /// Bare text.
    Bare,
}

impl Styling {
    /// Decides. A flag beats the environment; `NO_COLOR` (set and not empty) beats the terminal;
    /// `TERM=dumb` shows none.
    pub fn decide(
        choice: ColourChoice,
        is_terminal: bool,
        no_color: Option<&str>,
        term: Option<&str>,
    ) -> Self {
        let wanted = match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto => {
                is_terminal && no_color.is_none_or(str::is_empty) && term != Some("dumb")
            }
        };
        if wanted { Self::Colour } else { Self::Bare }
    }

    /// The codes before and after a piece of text in this tone.
    pub(crate) fn around(self, tone: Tone) -> (String, String) {
        match self {
            Self::Colour if tone != Tone::Plain => {
                let style = tone.style();
                (style.render().to_string(), style.render_reset().to_string())
            }
            Self::Colour | Self::Bare => (String::new(), String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_gets_no_colour() {
        assert_eq!(Styling::decide(ColourChoice::Auto, false, None, None), Styling::Bare);
    }

    #[test]
    fn no_color_beats_the_terminal() {
        assert_eq!(Styling::decide(ColourChoice::Auto, true, Some("1"), None), Styling::Bare);
    }

    #[test]
    fn an_empty_no_color_means_nothing() {
        assert_eq!(Styling::decide(ColourChoice::Auto, true, Some(""), None), Styling::Colour);
    }

    #[test]
    fn the_flag_beats_no_color() {
        assert_eq!(Styling::decide(ColourChoice::Always, false, Some("1"), None), Styling::Colour);
    }
}
