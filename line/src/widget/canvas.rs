//! A few pixels: rectangles, lines and figures, written as a PNG.

use anyhow::Result;

use super::letters;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// Pixels of a unit of [`letters`], whose figures are 70 high: ten and a half, as the text of a page.
const SCALE: f64 = 0.15;
/// Pixels of a stroke.
const STROKE: f64 = 1.4;

/// How far a point is from the nearest stroke.
fn distance((x, y): (f64, f64), strokes: &[Vec<letters::Dot>]) -> f64 {
    let pairs = strokes.iter().flat_map(|stroke| stroke.windows(2));
    let away = pairs.map(|pair| {
        let [(ax, ay), (bx, by)] = [pair[0], pair[1]].map(|(x, y)| (f64::from(x), f64::from(y)));
        let (dx, dy) = (bx - ax, by - ay);
        let along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy).max(f64::EPSILON);
        let along = along.clamp(0.0, 1.0);
        (x - ax - along * dx).hypot(y - ay - along * dy)
    });
    away.fold(f64::INFINITY, f64::min)
}

/// A picture.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A picture of one colour.
    pub(super) fn new(width: u32, height: u32, ground: Colour) -> Self {
        Self {
            width,
            height,
            pixels: ground.repeat((width * height) as usize),
        }
    }

    /// Mixes a colour into a pixel, where there is one: `share` of 255.
    pub(super) fn mix(&mut self, x: i64, y: i64, colour: Colour, share: u8) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else {
            return;
        };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = ((y * self.width + x) * 3) as usize;
        for (pixel, new) in self.pixels[at..at + 3].iter_mut().zip(colour) {
            let mixed =
                u32::from(*pixel) * u32::from(255 - share) + u32::from(new) * u32::from(share);
            *pixel = u8::try_from(mixed / 255).unwrap_or(u8::MAX);
        }
    }

    /// A rectangle.
    pub(super) fn fill(&mut self, from: (i64, i64), to: (i64, i64), colour: Colour, share: u8) {
        for y in from.1..to.1 {
            for x in from.0..to.0 {
                self.mix(x, y, colour, share);
            }
        }
    }

    /// A line of two pixels.
    pub(super) fn line(&mut self, from: (i64, i64), to: (i64, i64), colour: Colour) {
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).max(1);
        for step in 0..=steps {
            let x = from.0 + (to.0 - from.0) * step / steps;
            let y = from.1 + (to.1 - from.1) * step / steps;
            self.fill((x, y), (x + 2, y + 2), colour, 255);
        }
    }

    /// Figures with smooth edges, from their upper left corner on.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "pixels of a picture, and a share of 255"
    )]
    pub(super) fn text(&mut self, at: (i64, i64), text: &str, colour: Colour) {
        let strokes = letters::strokes(text);
        let margin = 1;
        for y in -margin..Self::TEXT_HEIGHT + margin {
            for x in -margin..Self::text_width(text) + margin {
                let pixel = ((x as f64 + 0.5) / SCALE, (y as f64 + 0.5) / SCALE);
                let away = distance(pixel, &strokes) * SCALE;
                let share = (STROKE / 2.0 + 0.5 - away).clamp(0.0, 1.0);
                self.mix(at.0 + x, at.1 + y, colour, (share * 255.0) as u8);
            }
        }
    }

    /// The height of figures, in pixels.
    pub(super) const TEXT_HEIGHT: i64 = 11;

    /// The width of figures, in pixels.
    #[expect(clippy::cast_possible_truncation, reason = "some hundred pixels")]
    pub(super) fn text_width(text: &str) -> i64 {
        (f64::from(letters::width(text)) * SCALE).ceil() as i64
    }

    /// As a file.
    pub(super) fn png(&self) -> Result<Vec<u8>> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_in_the_file_and_what_is_outside_is_not() {
        let mut canvas = Canvas::new(4, 3, [0; 3]);
        canvas.fill((1, 1), (9, 2), [255, 0, 0], 255);
        canvas.mix(-1, 0, [255; 3], 255);
        let file = canvas.png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let red: Vec<_> = pixels.chunks(3).map(|pixel| pixel[0]).collect();
        assert_eq!(red, [0, 0, 0, 0, 0, 255, 255, 255, 0, 0, 0, 0]);
    }
    #[test]
    fn a_figure_has_smooth_edges_inside_its_width() {
        let mut canvas = Canvas::new(20, 20, [255; 3]);
        canvas.text((4, 4), "1", [0; 3]);
        let shades: std::collections::BTreeSet<u8> = canvas.pixels.iter().copied().collect();
        assert!(shades.len() > 4 && shades.contains(&255), "{shades:?}");
        let right = 4 + Canvas::text_width("1") + 1;
        let columns = canvas
            .pixels
            .chunks(3)
            .enumerate()
            .filter(|(_, pixel)| pixel[0] < 255);
        for (place, _) in columns {
            let x = i64::try_from(place % 20).unwrap();
            assert!((3..=right).contains(&x), "{x}");
        }
    }
}
