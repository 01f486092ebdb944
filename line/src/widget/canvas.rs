//! A few pixels: rectangles, lines and figures, written as a PNG.

use anyhow::Result;

use super::letters;

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

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

    /// Figures, twice as large as they are drawn in [`letters`]; what has no shape is a gap.
    pub(super) fn text(&mut self, at: (i64, i64), text: &str, colour: Colour) {
        let mut left = at.0;
        for letter in text.chars() {
            for (x, y) in letters::dots(letter) {
                let corner = (left + 2 * x, at.1 + 2 * y);
                self.fill(corner, (corner.0 + 2, corner.1 + 2), colour, 255);
            }
            left += letters::ADVANCE * 2;
        }
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
}
